using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace GameBackend.Gateway.Dispatch;

/// <summary>
/// A request for a page of a list, known by its descriptors: a read with a <c>count</c>, whose reply has a list. A page
/// that is larger than a frame is asked for again with fewer entries, so that its cursor goes on where it ends.
/// </summary>
internal sealed class PagedRequest
{
    private readonly IFieldAccessor _count;
    private readonly MessageParser _reply;
    private readonly IFieldAccessor[] _lists;

    private PagedRequest(FieldDescriptor count, MessageDescriptor reply, IEnumerable<FieldDescriptor> lists)
    {
        _count = count.Accessor;
        _reply = reply.Parser;
        _lists = [.. lists.Select(list => list.Accessor)];
    }

    /// <returns>Null if the request is for no page.</returns>
    public static PagedRequest? Of(RequestOp op)
    {
        var count = op.Request.FindFieldByName("count");
        var lists = op.Reply.Fields.InFieldNumberOrder()
            .Where(field => field.IsRepeated && field.FieldType == FieldType.Message).ToArray();
        return op.Effect == Effect.Read && count is { FieldType: FieldType.UInt32, IsRepeated: false }
            && lists.Length > 0
            ? new PagedRequest(count, op.Reply, lists)
            : null;
    }

    /// <summary>Makes a request ask for as many entries as will fit, judging by the page that did not.</summary>
    /// <param name="size">Of the frame with the page.</param>
    /// <param name="limit">That a frame may have.</param>
    /// <returns>False if it asks for a single one already.</returns>
    public bool AskForLess(IMessage request, byte[] page, int size, int limit)
    {
        var read = _reply.ParseFrom(page);
        var entries = (uint)_lists.Sum(list => ((IList)list.GetValue(read)).Count);
        var asked = (uint)_count.GetValue(request);
        var from = asked == 0 ? entries : Math.Min(asked, entries);
        if (from <= 1)
            return false;
        _count.SetValue(request, (uint)Math.Clamp((long)from * limit / size, 1, from - 1));
        return true;
    }
}
